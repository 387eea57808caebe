/// NIfTI-1 files: [org.wardfl.gpu.imaging.nifti.NiftiReader] and
/// [org.wardfl.gpu.imaging.nifti.NiftiWriter].
@NullMarked
package org.wardfl.gpu.imaging.nifti;

import org.jspecify.annotations.NullMarked;
