package io.ottla.controller.state;

import io.ottla.controller.znode.PartitionStateNode;
import java.util.List;
import java.util.Optional;

/** Why a leader is chosen, and by which rule. Pure functions of an {@link Electorate}. */
public enum LeaderElection {
    /**
     * The leader is gone: the first complete replica in the order of assignment; the absent leave the ISR. If all have been
     * away meanwhile, the first that is back leads alone, and the others copy from it before they count again (KIP-903).
     */
    OFFLINE {
        @Override
        Optional<PartitionStateNode> choose(Electorate voters, int controllerEpoch) {
            List<Integer> isr = voters.onlineIsr();
            byte recoveryState = voters.current().recoveryState();
            return voters.firstComplete(voters.replicas())
                    .map(leader -> voters.nextEpoch(leader, isr, recoveryState, controllerEpoch))
                    .or(() -> voters.firstReturned()
                            .map(leader -> voters.nextEpoch(leader, List.of(leader), recoveryState, controllerEpoch)));
        }
    },
    /**
     * As {@link #OFFLINE}; without a complete replica the first one online, alone, although it may lack records. The state
     * says so until the leader has its first change of the ISR (KIP-704).
     */
    UNCLEAN {
        @Override
        Optional<PartitionStateNode> choose(Electorate voters, int controllerEpoch) {
            return OFFLINE.choose(voters, controllerEpoch).or(() -> voters.firstOnline()
                    .map(leader -> voters.nextEpoch(leader, List.of(leader), RECOVERING, controllerEpoch)));
        }
    },
    /** The leader is not to stay: the first complete replica of those that are. The ISR stays as it is. */
    REASSIGNMENT {
        @Override
        Optional<PartitionStateNode> choose(Electorate voters, int controllerEpoch) {
            return voters.firstComplete(voters.staying()).map(leader -> voters.handOver(leader, controllerEpoch));
        }
    },
    /** The first replica of the assignment, if it is complete. The ISR stays as it is. */
    PREFERRED {
        @Override
        Optional<PartitionStateNode> choose(Electorate voters, int controllerEpoch) {
            return voters.firstComplete(voters.replicas().subList(0, 1))
                    .map(leader -> voters.handOver(leader, controllerEpoch));
        }
    },
    /** The leader's broker shuts down: as {@link #OFFLINE}, for brokers that shut down are not online. */
    CONTROLLED_SHUTDOWN {
        @Override
        Optional<PartitionStateNode> choose(Electorate voters, int controllerEpoch) {
            return OFFLINE.choose(voters, controllerEpoch);
        }
    };

    static final byte RECOVERED = 0;
    static final byte RECOVERING = 1;

    /** The state under the leader chosen; empty if nobody qualifies. */
    abstract Optional<PartitionStateNode> choose(Electorate voters, int controllerEpoch);
}
