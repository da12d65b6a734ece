package io.ottla.bench.load;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;

/** The transactions of one producer, each committed before the first record that comes when it is old enough. Confined to its thread. */
final class Commits {
    private final KafkaProducer<byte[], byte[]> producer;
    private final LoadSpec.Rate rate;
    private long dueNs;

    private Commits(KafkaProducer<byte[], byte[]> producer, LoadSpec.Rate rate) {
        this.producer = producer;
        this.rate = rate;
    }

    /** Registers the producer with its coordinator, unless there are no transactions. */
    static Commits by(KafkaProducer<byte[], byte[]> producer, LoadSpec.Rate rate) {
        if (rate.inTransactions()) {
            producer.initTransactions();
        }
        return new Commits(producer, rate);
    }

    void begin() {
        if (rate.inTransactions()) {
            producer.beginTransaction();
            dueNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(rate.commitAfterMs());
        }
    }

    /** Commits if it is time to. */
    void beforeRecord() {
        if (rate.inTransactions() && System.nanoTime() >= dueNs) {
            end();
            begin();
        }
    }

    void end() {
        if (rate.inTransactions()) {
            producer.commitTransaction();
        }
    }
}
