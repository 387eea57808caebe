/// JSON as text, written by one small writer.
@NullMarked
package org.wardfl.proto.json;

import org.jspecify.annotations.NullMarked;
