/// What people's tools and the server tell each other.
@NullMarked
package org.wardfl.proto.admin;

import org.jspecify.annotations.NullMarked;
