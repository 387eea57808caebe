/// What is done to images before a network sees them, as MONAI defines it: each is a
/// [org.wardfl.gpu.imaging.transform.Transform], a value without state.
@NullMarked
package org.wardfl.gpu.imaging.transform;

import org.jspecify.annotations.NullMarked;
