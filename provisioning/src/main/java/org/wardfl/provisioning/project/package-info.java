/// The project file: who takes part. [org.wardfl.provisioning.project.ProjectFile] is the entry
/// point; it reads FLARE's `project.yml` unchanged.
@NullMarked
package org.wardfl.provisioning.project;

import org.jspecify.annotations.NullMarked;
