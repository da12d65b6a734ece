package io.ottla.replication.fetcher;

import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.schema.BufferRecords;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps the records of a response alive while it goes from one loop to another. Stateless. */
final class FetchedBuffers {

    private FetchedBuffers() {}

    static void retain(@Nullable FetchResponse response) {
        forEach(response, records -> records.buffer().retain());
    }

    static void release(@Nullable FetchResponse response) {
        forEach(response, records -> records.buffer().release());
    }

    private static void forEach(@Nullable FetchResponse response, Consumer<BufferRecords> action) {
        if (response != null) {
            response.responses().forEach(topic -> topic.partitions().forEach(data -> {
                if (data.records() instanceof BufferRecords records) {
                    action.accept(records);
                }
            }));
        }
    }
}
