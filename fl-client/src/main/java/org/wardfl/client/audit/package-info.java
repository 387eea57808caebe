/// What a site remembers of what it was asked for, allowed, refused and gave away; the entry point
/// is [org.wardfl.client.audit.SiteAudit].
@NullMarked
package org.wardfl.client.audit;

import org.jspecify.annotations.NullMarked;
