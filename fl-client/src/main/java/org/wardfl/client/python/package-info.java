/// Algorithms in Python: [org.wardfl.client.python.PythonAlgo] is a [org.wardfl.algo.ClientAlgo]
/// whose work a process of the site's Python does. The Python side is one file, `ward.py`.
@NullMarked
package org.wardfl.client.python;

import org.jspecify.annotations.NullMarked;
