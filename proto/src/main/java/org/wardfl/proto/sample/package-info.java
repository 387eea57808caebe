/// Pictures of a few cases that a site's model was scored on, with prediction and truth.
///
/// They are patients' images: [org.wardfl.proto.sample.SampleSet] reads and writes folders of one
/// machine, and no message has room for them.
@NullMarked
package org.wardfl.proto.sample;

import org.jspecify.annotations.NullMarked;
