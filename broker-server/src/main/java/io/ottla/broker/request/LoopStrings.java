package io.ottla.broker.request;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.schema.RecentStrings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The strings that requests have brought lately, one table for each loop: clients say the same of themselves and ask for the
 * same topics on all their connections, and a connection that is silent keeps nothing. Thread-safe; each table is confined
 * to its loop.
 */
public final class LoopStrings {
    private final Map<EventExecutor, RecentStrings> tables = new ConcurrentHashMap<>();

    RecentStrings of(EventExecutor loop) {
        return tables.computeIfAbsent(loop, any -> new RecentStrings());
    }
}
