/// MONAI bundles: layout, metadata, configurations, and what can be said of them without running
/// anything.
///
/// [org.wardfl.algo.bundle.BundleReport] answers what a bundle is and whether it can be trained in
/// a federation. Configurations are read as data by [org.wardfl.algo.bundle.Config];
/// [org.wardfl.algo.bundle.Resolution] gives what their ids stand for, as far as that is plain
/// data. Whatever else Python would make of them stays a text and is never executed (MONAI
/// `monai/bundle/config_parser.py`, `docs/source/mb_specification.rst`).
@NullMarked
package org.wardfl.algo.bundle;

import org.jspecify.annotations.NullMarked;
