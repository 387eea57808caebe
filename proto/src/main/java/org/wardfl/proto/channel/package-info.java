/// What both ends of a connection have in common: TLS, headers, reasons of refusals, versions.
@NullMarked
package org.wardfl.proto.channel;

import org.jspecify.annotations.NullMarked;
