/// Tasks: what the server wants of a site ([org.wardfl.proto.task.DesiredState]) and what the site
/// answers ([org.wardfl.proto.task.TaskOutcome]).
@NullMarked
package org.wardfl.proto.task;

import org.jspecify.annotations.NullMarked;
