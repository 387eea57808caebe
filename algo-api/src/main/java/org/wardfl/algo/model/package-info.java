/// Model files: safetensors, named by their SHA-256, read by position and written in one canonical
/// form.
@NullMarked
package org.wardfl.algo.model;

import org.jspecify.annotations.NullMarked;
