/// Images of a site by their list, and what was made of them kept within a budget:
/// [org.wardfl.gpu.imaging.dataset.ImageList].
@NullMarked
package org.wardfl.gpu.imaging.dataset;

import org.jspecify.annotations.NullMarked;
