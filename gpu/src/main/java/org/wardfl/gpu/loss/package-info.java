/// Losses of batches of images, with MONAI's definitions: [org.wardfl.gpu.loss.DiceCrossEntropy].
@NullMarked
package org.wardfl.gpu.loss;

import org.jspecify.annotations.NullMarked;
