package io.ottla.broker.network;

import io.netty.util.concurrent.Ticker;
import io.ottla.broker.request.RateLimitedLog;
import io.ottla.broker.request.RequestServices;
import java.util.Set;

/**
 * What all connections share.
 *
 * @param connections the open connections; thread-safe
 * @param closedLog where connections that the broker ends are reported
 */
record ConnectionServices(
        NetworkSettings settings,
        RequestServices requests,
        ConnectionLimits limits,
        Set<ConnectionHandler> connections,
        RateLimitedLog closedLog,
        Ticker ticker) {}
