package io.ottla.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.generator.Schema;
import io.ottla.protocol.schema.ApiMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: every message at every valid version is, byte for byte, what Apache Kafka's own classes write and read. Method:
 * seeded random instances of our classes go through Kafka's classes and back.
 */
class RoundTripTest {
    private static final int INSTANCES_PER_VERSION = 16;

    private static KafkaCodec kafka;

    @BeforeAll
    static void loadKafka() throws IOException {
        kafka = new KafkaCodec();
    }

    @AfterAll
    static void unloadKafka() throws IOException {
        kafka.close();
    }

    static Stream<Named<Schema>> schemas() throws IOException {
        return Schemas.all().stream().map(schema -> Named.of(schema.name(), schema));
    }

    @Test
    void coversTheDroppedRequestsAndTheInternalTopics() throws IOException {
        assertThat(Schemas.all())
                .extracting(Schema::name)
                .hasSizeGreaterThan(240)
                .contains("ProduceRequest", "LeaderAndIsrRequest", "UpdateMetadataResponse", "OffsetCommitKey")
                .contains("TransactionLogValue", "ShareSnapshotValue", "ProducerSnapshot", "LeaderChangeMessage");
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void kafkaReadsAndRewritesOurBytesAndWeReadItsBytes(Schema schema) {
        RandomMessages messages = new RandomMessages(schema.name().hashCode());
        Schemas.versions(schema).forEach(version -> {
            for (int i = 0; i < INSTANCES_PER_VERSION; i++) {
                holdAgainstKafka(schema, messages.next(schema, version), version);
            }
            holdAgainstKafka(schema, withDefaults(schema, version), version);
        });
    }

    private static void holdAgainstKafka(Schema schema, ApiMessage message, short version) {
        byte[] ours = OttlaCodec.write(message, version);
        byte[] theirs = kafka.rewrite(schema, ours, version);
        assertSame(ours, theirs, message, version);

        ApiMessage back = OttlaCodec.read(schema, theirs, version);
        assertThat(back).isEqualTo(message).hasSameHashCodeAs(message).hasToString(message.toString());
        assertSame(theirs, OttlaCodec.write(back, version), message, version);
    }

    private static void assertSame(byte[] expected, byte[] actual, ApiMessage message, short version) {
        if (!Arrays.equals(expected, actual)) { // the assertion compares slowly, element by element
            assertThat(actual).as("version %d of %s", version, message).isEqualTo(expected);
        }
    }

    /** Defaults wherever the version allows them. */
    private static ApiMessage withDefaults(Schema schema, short version) {
        ApiMessage message = Schemas.newMessage(schema);
        try {
            OttlaCodec.write(message, version);
            return message;
        } catch (IllegalArgumentException defaultIsNullWhereItMustNotBe) {
            return new RandomMessages(version).next(schema, version);
        }
    }
}
