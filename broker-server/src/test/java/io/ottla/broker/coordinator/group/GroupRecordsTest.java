package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.GROUP;
import static io.ottla.broker.coordinator.group.GroupFixture.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.message.DeleteGroupsRequest;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.record.RecordCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bytes in the log are those that Apache Kafka 3.9 writes: types, versions, fields. */
class GroupRecordsTest {
    private final GroupFixture groups = new GroupFixture();

    /** A record in hexadecimal; the value is null for a tombstone. */
    private record Hex(String key, String value) {}

    private List<Hex> records() {
        List<Hex> records = new ArrayList<>();
        for (byte[] batch : groups.log.batches(0)) {
            try (RecordCursor cursor = new RecordCursor()) {
                cursor.open(Unpooled.wrappedBuffer(batch), 0);
                while (cursor.next()) {
                    records.add(new Hex(hex(cursor.key()), hex(cursor.value())));
                }
            }
        }
        return records;
    }

    private static String hex(@Nullable ByteBuf bytes) {
        return bytes == null ? "null" : ByteBufUtil.hexDump(bytes);
    }

    private static String hexOf(long value) {
        return String.format("%016x", value);
    }

    @Test
    void anOffsetIsAKeyOfType1WithAValueOfVersion3() {
        groups.sendCommit(9, commit(GROUP, "t", 2, 5));
        assertThat(records())
                .containsExactly(new Hex(
                        "0001" + "000167" + "000174" + "00000002",
                        "0003" + hexOf(5) + "00000003" + "00016d" + hexOf(groups.loop.nowMs())));
    }

    @Test
    void anOffsetWithItsOwnExpiryHasAValueOfVersion1() {
        groups.sendCommit(4, commit(GROUP, "t", 2, 5).setRetentionTimeMs(1000));
        long nowMs = groups.loop.nowMs();
        assertThat(records())
                .containsExactly(new Hex(
                        "0001" + "000167" + "000174" + "00000002",
                        "0001" + hexOf(5) + "00016d" + hexOf(nowMs) + hexOf(nowMs + 1000)));
    }

    @Test
    void aGenerationIsAKeyOfType2WithAValueOfVersion3AndDeletionATombstone() {
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        List<Hex> written = records();
        assertThat(written).hasSize(1);
        assertThat(written.get(0).key()).isEqualTo("0002" + "000167");
        String id = "000a" + hexOf("client-id1");
        assertThat(written.get(0).value())
                .isEqualTo("0003"
                        + "0008" + hexOf("consumer")
                        + "00000001"
                        + "0005" + hexOf("range")
                        + id
                        + hexOf(groups.loop.nowMs())
                        + "00000001"
                        + id
                        + "ffff"
                        + "0006" + hexOf("client")
                        + "000a" + hexOf("/127.0.0.1")
                        + "0000ea60"
                        + "00002710"
                        + "00000011" + ByteBufUtil.hexDump(GroupFixture.subscription("t"))
                        + "0000000a" + hexOf("client-id1"));
        groups.leave(member.memberId());
        groups.coordinator.administration().delete(new DeleteGroupsRequest().setGroupsNames(List.of(GROUP)));
        groups.loop.runAll();
        assertThat(records().get(2)).isEqualTo(new Hex("0002" + "000167", "null"));
    }

    private static String hexOf(String text) {
        return ByteBufUtil.hexDump(GroupFixture.bytes(text));
    }
}
