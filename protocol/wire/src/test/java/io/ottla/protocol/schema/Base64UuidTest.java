package io.ottla.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Ids look as they do in Kafka. */
class Base64UuidTest {
    @Test
    void textIsLikeKafkas() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            UUID id = Base64Uuid.random(random);
            Uuid kafkas = new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
            assertThat(Base64Uuid.toText(id)).isEqualTo(kafkas.toString()).doesNotStartWith("-");
            assertThat(Base64Uuid.fromText(kafkas.toString())).isEqualTo(id);
            assertThat(id.version()).isEqualTo(4);
            assertThat(id.variant()).isEqualTo(2);
        }
    }

    @Test
    void refusesOtherTexts() {
        assertThatThrownBy(() -> Base64Uuid.fromText("AAAA")).hasMessageContaining("expected 16");
        assertThatThrownBy(() -> Base64Uuid.fromText("A".repeat(1000))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Base64Uuid.fromText("!".repeat(22))).isInstanceOf(IllegalArgumentException.class);
    }
}
