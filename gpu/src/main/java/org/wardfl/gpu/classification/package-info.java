/// `torch-classification`: a small network that tells kinds of pictures apart.
///
/// A site's [org.wardfl.gpu.imaging.dataset.ImageList] names pictures and their classes. The entry
/// point is [org.wardfl.gpu.classification.TorchClassificationFactory].
@NullMarked
package org.wardfl.gpu.classification;

import org.jspecify.annotations.NullMarked;
