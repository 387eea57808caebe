/// `ward bundle`: looks into MONAI bundles; the entry point is
/// [org.wardfl.cli.bundle.BundleCommand].
@NullMarked
package org.wardfl.cli.bundle;

import org.jspecify.annotations.NullMarked;
