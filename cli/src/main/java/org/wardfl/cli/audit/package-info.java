/// `ward audit`: looks whether audit logs are as they were written; the entry point is
/// [org.wardfl.cli.audit.AuditCommand].
@NullMarked
package org.wardfl.cli.audit;

import org.jspecify.annotations.NullMarked;
