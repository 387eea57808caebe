/// MONAI bundles trained by Ward itself: [org.wardfl.gpu.bundle.BundleFactory] makes the algorithm
/// of `engine: native`, which builds what a [org.wardfl.algo.bundle.plan.TrainingPlan] says of the
/// pieces in this module. No Python is run.
@NullMarked
package org.wardfl.gpu.bundle;

import org.jspecify.annotations.NullMarked;
