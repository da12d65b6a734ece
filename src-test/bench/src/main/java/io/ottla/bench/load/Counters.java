package io.ottla.bench.load;

import java.util.concurrent.atomic.LongAdder;

/** What the threads of a load have done so far. Any thread may add. */
final class Counters {
    final LongAdder requests = new LongAdder();
    final LongAdder records = new LongAdder();
    final LongAdder bytes = new LongAdder();

    void addRecords(long count, long sizeBytes) {
        records.add(count);
        bytes.add(sizeBytes);
    }

    Counts now() {
        return new Counts(requests.sum(), records.sum(), bytes.sum());
    }

    record Counts(long requests, long records, long bytes) {
        boolean isNothing() {
            return requests == 0 && records == 0;
        }

        Counts since(Counts start) {
            return new Counts(requests - start.requests, records - start.records, bytes - start.bytes);
        }
    }
}
