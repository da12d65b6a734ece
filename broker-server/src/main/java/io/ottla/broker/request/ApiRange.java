package io.ottla.broker.request;

import io.ottla.protocol.api.ApiKey;

/** The versions of an API that are served, both ends inclusive. */
record ApiRange(ApiKey key, short lowest, short highest) {

    /** The range that a handler declares, which must lie within its schema's. */
    static ApiRange of(RequestHandler<?, ?> handler) {
        ApiKey key = handler.apiKey();
        ApiRange range = new ApiRange(key, handler.lowestVersion(), handler.highestVersion());
        if (range.lowest < key.lowestVersion()
                || range.highest > key.highestVersion()
                || range.lowest > range.highest) {
            throw new IllegalArgumentException("%s serves versions %d to %d of %s, whose schema has %d to %d"
                    .formatted(
                            handler.getClass().getName(),
                            range.lowest,
                            range.highest,
                            key,
                            key.lowestVersion(),
                            key.highestVersion()));
        }
        return range;
    }
}
