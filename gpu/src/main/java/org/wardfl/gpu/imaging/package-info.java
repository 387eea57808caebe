/// Medical images in plain Java: reading, transforms, metrics, sliding windows.
///
/// Nothing below this package needs torch, or any library but the JDK: what prepares and scores
/// images can be tested, and used, without it. The entry point is [org.wardfl.gpu.imaging.Image].
@NullMarked
package org.wardfl.gpu.imaging;

import org.jspecify.annotations.NullMarked;
