/// `ward model`: looks into model files; the entry point is [org.wardfl.cli.model.ModelCommand].
@NullMarked
package org.wardfl.cli.model;

import org.jspecify.annotations.NullMarked;
