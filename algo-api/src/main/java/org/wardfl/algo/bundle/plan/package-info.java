/// What a bundle's configuration asks for, in pieces that Ward's native engine has.
///
/// [org.wardfl.algo.bundle.plan.PlanReader] recognizes network, loss, optimizer, transforms,
/// dataset, inferer and metric by their classes and arguments, and gives a
/// [org.wardfl.algo.bundle.plan.TrainingPlan], or names every piece that only MONAI has. Nothing is
/// run; the engine builds what the plan says.
@NullMarked
package org.wardfl.algo.bundle.plan;

import org.jspecify.annotations.NullMarked;
