/// One signature over a list of files and what they are for.
///
/// A [org.wardfl.certs.manifest.Manifest] is the list; signed, it is a
/// [org.wardfl.certs.manifest.SignedManifest], the entry point; whether a folder is what the list
/// says is compared by [org.wardfl.certs.manifest.FolderComparison].
@NullMarked
package org.wardfl.certs.manifest;

import org.jspecify.annotations.NullMarked;
