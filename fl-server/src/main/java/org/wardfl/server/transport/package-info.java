/// The server's end of every connection: TLS, who calls, whether that caller may, and how much at
/// once.
///
/// A call passes [org.wardfl.server.transport.PeerGate] before any service sees it. Services take
/// the caller from there and never from a message.
@NullMarked
package org.wardfl.server.transport;

import org.jspecify.annotations.NullMarked;
