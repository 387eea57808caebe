/// Arguments of jobs that several algorithms share, checked: [org.wardfl.gpu.option.Settings].
@NullMarked
package org.wardfl.gpu.option;

import org.jspecify.annotations.NullMarked;
