/// ZIP archives read by position and written for others to read, without trusting what they say.
///
/// [org.wardfl.algo.zip.ZipArchive] opens one; [org.wardfl.algo.zip.ZipWriter] writes one whose
/// entries are stored. PyTorch, TorchScript, NumPy and MONAI all keep their files in this format.
@NullMarked
package org.wardfl.algo.zip;

import org.jspecify.annotations.NullMarked;
