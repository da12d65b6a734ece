package io.ottla.storage.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: Kafka's text, and never half of a damaged one (KAFKA-16541). Method: literal texts and every cut of one. */
class LeaderEpochCheckpointTest {
    private static final LeaderEpochs EPOCHS = LeaderEpochs.EMPTY.assign(0, 0).assign(3, 1042);
    private static final String TEXT = "0\n2\n0 0\n3 1042\n";

    @Test
    void writesKafkasText() {
        assertThat(text(EPOCHS)).isEqualTo(TEXT);
        assertThat(text(LeaderEpochs.EMPTY)).isEqualTo("0\n0\n");
    }

    @Test
    void readsWhatItWrites() throws Exception {
        assertThat(decode(TEXT)).isEqualTo(EPOCHS);
        assertThat(decode("0\n0\n")).isEqualTo(LeaderEpochs.EMPTY);
    }

    @Test
    void readsOtherLineEnds() throws Exception {
        assertThat(decode("0\r\n2\r\n0 0\r\n3 1042\r\n")).isEqualTo(EPOCHS);
    }

    @Test
    void refusesEveryCut() {
        for (int length = 0; length < TEXT.length(); length++) {
            String cut = TEXT.substring(0, length);
            assertThatThrownBy(() -> decode(cut))
                    .as("'%s'", cut)
                    .isInstanceOf(CorruptEpochCheckpointException.class)
                    .hasMessageStartingWith("t-0/leader-epoch-checkpoint line ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1\n0\n",
                "0\n-1\n",
                "0\nx\n",
                "0\n1\n0\n",
                "0\n1\n0 x\n",
                "0\n1\n-1 0\n",
                "0\n1\n0 -5\n",
                "0\n1\n99999999999 0\n",
                "0\n2\n0 0\n",
                "0\n1\n0 0\n1 5\n",
                "0\n2\n3 5\n3 9\n",
                "0\n2\n3 5\n4 5\n",
                "0\n2\n5 1\n4 9\n",
                "0\n1\n0 1 2\n"
            })
    void refusesDamage(String text) {
        assertThatThrownBy(() -> decode(text)).isInstanceOf(CorruptEpochCheckpointException.class);
    }

    @Test
    void refusesAFileOfZeros() {
        assertThatThrownBy(() -> LeaderEpochCheckpoint.decode(new byte[4096], "t-0/leader-epoch-checkpoint"))
                .isInstanceOf(CorruptEpochCheckpointException.class)
                .hasMessageMatching("(?s).{1,200}");
    }

    @Test
    void refusesBytesThatAreNoText() {
        byte[] bytes = new byte[64];
        Arrays.fill(bytes, (byte) 0xff);
        assertThatThrownBy(() -> LeaderEpochCheckpoint.decode(bytes, "t-0/leader-epoch-checkpoint"))
                .isInstanceOf(CorruptEpochCheckpointException.class);
    }

    private static String text(LeaderEpochs epochs) {
        return new String(LeaderEpochCheckpoint.encode(epochs), StandardCharsets.UTF_8);
    }

    private static LeaderEpochs decode(String text) throws CorruptEpochCheckpointException {
        return LeaderEpochCheckpoint.decode(text.getBytes(StandardCharsets.UTF_8), "t-0/leader-epoch-checkpoint");
    }
}
