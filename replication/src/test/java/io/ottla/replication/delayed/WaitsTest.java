package io.ottla.replication.delayed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lists of waits and queues of offsets, the list against a plain list under seeded random steps. */
class WaitsTest {

    private static final class Counted extends WaitList.Wait {
        int events;

        @Override
        protected void onEvent(int bytes) {
            events += bytes;
        }
    }

    @Test
    void signalsExactlyThoseThatAreInTheList() {
        Random random = new Random(3);
        WaitList list = new WaitList();
        List<Counted> in = new ArrayList<>();
        List<Counted> out = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            out.add(new Counted());
        }
        int[] expected = new int[1];
        for (int step = 0; step < 5_000; step++) {
            boolean add = in.isEmpty() || (!out.isEmpty() && random.nextBoolean());
            List<Counted> from = add ? out : in;
            Counted moved = from.remove(random.nextInt(from.size()));
            if (add) {
                list.add(moved);
                in.add(moved);
            } else {
                list.remove(moved);
                list.remove(moved);
                out.add(moved);
            }
            assertThat(list.size()).isEqualTo(in.size());
            if (random.nextInt(5) == 0) {
                expected[0] += in.size();
                list.signal(1);
                out.addAll(in);
                in.clear();
            }
            int total = in.stream().mapToInt(wait -> wait.events).sum()
                    + out.stream().mapToInt(wait -> wait.events).sum();
            assertThat(total).isEqualTo(expected[0]);
            assertThat(list.size()).isEqualTo(in.size());
        }
    }

    @Test
    void whoWantsToHearOfMoreAddsItselfAgain() {
        WaitList list = new WaitList();
        int[] heard = new int[1];
        list.add(new WaitList.Wait() {
            @Override
            protected void onEvent(int bytes) {
                heard[0] += bytes;
                if (heard[0] < 3) {
                    list.add(this);
                }
            }
        });
        for (int event = 0; event < 5; event++) {
            list.signal(1);
        }
        assertThat(heard[0]).isEqualTo(3);
        assertThat(list.size()).isZero();
    }

    @Test
    void aWaitIsInOneListAtMostAndOnce() {
        Counted wait = new Counted();
        WaitList list = new WaitList();
        list.add(wait);
        list.add(wait);
        assertThat(list.size()).isEqualTo(1);
        assertThatThrownBy(() -> new WaitList().add(wait)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void completesOffsetsInOrderAsTheyAreReached() {
        OffsetWaits waits = new OffsetWaits();
        List<String> log = new ArrayList<>();
        waits.add(5, completion("a", log));
        waits.add(9, completion("b", log));
        // The repetition of an earlier append.
        waits.add(5, completion("c", log));
        waits.advanceTo(4);
        assertThat(log).isEmpty();
        waits.advanceTo(5);
        assertThat(log).containsExactly("a");
        waits.advanceTo(9);
        assertThat(log).containsExactly("a", "b", "c");
        waits.add(12, completion("d", log));
        waits.failAll(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(log).endsWith("d NOT_LEADER_OR_FOLLOWER");
        assertThat(waits.size()).isZero();
    }

    @Test
    void forgetsAbandonedWaitsThoughNothingIsReached() {
        OffsetWaits waits = new OffsetWaits();
        boolean[] abandoned = new boolean[1];
        for (int i = 0; i < 3; i++) {
            waits.add(i, new OffsetWaits.Completion() {
                @Override
                public void onReached() {}

                @Override
                public void onFailed(ErrorCode error) {}

                @Override
                public boolean isAbandoned() {
                    return abandoned[0];
                }
            });
        }
        assertThat(waits.size()).isEqualTo(3);
        abandoned[0] = true;
        waits.add(9, completion("a", new ArrayList<>()));
        assertThat(waits.size()).isEqualTo(1);
    }

    private static OffsetWaits.Completion completion(String name, List<String> log) {
        return new OffsetWaits.Completion() {
            @Override
            public void onReached() {
                log.add(name);
            }

            @Override
            public void onFailed(ErrorCode error) {
                log.add(name + " " + error);
            }
        };
    }
}
