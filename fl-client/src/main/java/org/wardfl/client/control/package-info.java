/// The hospital's own hand on its agent: decisions of people at the site, and a local socket
/// through which they are made.
///
/// [org.wardfl.client.control.ControlServer] listens, [org.wardfl.client.control.ControlClient]
/// asks.
@NullMarked
package org.wardfl.client.control;

import org.jspecify.annotations.NullMarked;
