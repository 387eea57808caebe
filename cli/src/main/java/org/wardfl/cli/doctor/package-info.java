/// `ward doctor`: what keeps a participant from working, one line for each check.
@NullMarked
package org.wardfl.cli.doctor;

import org.jspecify.annotations.NullMarked;
