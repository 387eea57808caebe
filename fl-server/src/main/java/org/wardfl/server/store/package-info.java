/// What the server keeps: streams of events and content-addressed files, behind interfaces without
/// SQL.
@NullMarked
package org.wardfl.server.store;

import org.jspecify.annotations.NullMarked;
