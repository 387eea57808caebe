/// PNG and JPEG pictures: [org.wardfl.gpu.imaging.picture.PictureReader].
@NullMarked
package org.wardfl.gpu.imaging.picture;

import org.jspecify.annotations.NullMarked;
