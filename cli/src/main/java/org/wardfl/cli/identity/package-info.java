/// Commands about identities: `ward provision`, `ward cert`, `ward kit` and `ward policy`.
///
/// Each command class reads what was typed, calls one class of `provisioning`, and answers in words
/// or, with `--json`, in one document.
@NullMarked
package org.wardfl.cli.identity;

import org.jspecify.annotations.NullMarked;
