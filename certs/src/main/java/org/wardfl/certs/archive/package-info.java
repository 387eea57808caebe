/// A folder's files with one signature over them, as one file that is verified before anything is
/// unpacked.
///
/// [org.wardfl.certs.archive.SignedArchive] is the entry point.
@NullMarked
package org.wardfl.certs.archive;

import org.jspecify.annotations.NullMarked;
