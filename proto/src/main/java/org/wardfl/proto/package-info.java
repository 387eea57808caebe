/// The words that server and sites exchange, as records, with their protobuf form.
///
/// [org.wardfl.proto.job] is the typed job, [org.wardfl.proto.task] what a site should do and what
/// it did. Generated classes stay behind the codecs of these packages.
@NullMarked
package org.wardfl.proto;

import org.jspecify.annotations.NullMarked;
