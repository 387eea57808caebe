/// Uncompressed DICOM series of CT and MR slices: [org.wardfl.gpu.imaging.dicom.DicomSeriesReader].
@NullMarked
package org.wardfl.gpu.imaging.dicom;

import org.jspecify.annotations.NullMarked;
