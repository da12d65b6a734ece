/**
 * What a broker uses of the coordination layer: its registration, the cluster's id, settings and their changes, and the
 * {@link io.ottla.controller.Controller} that one of the brokers is.
 *
 * <p>State is owned by the session's executor, the controller's loop. This package knows nothing of logs and replicas: it
 * meets them in protocol messages, through {@link io.ottla.protocol.api.PeerChannel}.
 */
@NullMarked
package io.ottla.controller;

import org.jspecify.annotations.NullMarked;
