/// Pictures of a few scored cases, with prediction and truth, for the people of the site.
///
/// An evaluation hands its cases to a [org.wardfl.gpu.sample.SampleSheet], which writes PNG files
/// and a list of them into the task's folder where the site keeps such pictures. They are no part
/// of what a task answers.
@NullMarked
package org.wardfl.gpu.sample;

import org.jspecify.annotations.NullMarked;
