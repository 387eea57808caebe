/// The files that their owners edit: [org.wardfl.provisioning.site.SitePolicyFile] at a hospital
/// and [org.wardfl.provisioning.site.ServerFile] at the server.
@NullMarked
package org.wardfl.provisioning.site;

import org.jspecify.annotations.NullMarked;
