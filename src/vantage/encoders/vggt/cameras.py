"""Pose encodings and cameras: OpenCV axes, camera from world, pixels; the world is the first view's camera frame."""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.geometry import invert_motion, make_motion, matrix_from_quat_wxyz, quat_wxyz_from_matrix


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Cameras:
    """The cameras of several views, of images of one size."""

    camera_from_world: Float[Tensor, "b s 4 4"]
    """OpenCV axes; lengths in the model's own unit, which is not the metre."""
    intrinsics: Float[Tensor, "b s 3 3"]
    """In pixels of the images; the principal point is their middle."""
    image_size: tuple[int, int]
    """(width, height) in pixels."""

    @property
    def world_from_camera(self) -> Float[Tensor, "b s 4 4"]:
        """The poses of the cameras."""
        return invert_motion(self.camera_from_world)


def decode_poses(poses: Float[Tensor, "b s 9"], width: int, height: int) -> Cameras:
    """Turn pose encodings to cameras: translation, quaternion xyzw of any norm, vertical and horizontal view angle."""
    rotation = matrix_from_quat_wxyz(poses[..., [6, 3, 4, 5]])
    half = (poses[..., 7:] / 2).tan()
    intrinsics = poses.new_zeros(*poses.shape[:-1], 3, 3)
    intrinsics[..., 0, 0] = width / 2 / half[..., 1]
    intrinsics[..., 1, 1] = height / 2 / half[..., 0]
    intrinsics[..., 0, 2] = width / 2
    intrinsics[..., 1, 2] = height / 2
    intrinsics[..., 2, 2] = 1
    motion = make_motion(rotation, poses[..., :3])
    return Cameras(camera_from_world=motion, intrinsics=intrinsics, image_size=(width, height))


def encode_poses(cameras: Cameras) -> Float[Tensor, "b s 9"]:
    """Turn cameras to pose encodings, with unit quaternions whose real part is not negative."""
    width, height = cameras.image_size
    quaternion = quat_wxyz_from_matrix(cameras.camera_from_world[..., :3, :3])
    quaternion = torch.where(quaternion[..., :1] < 0, -quaternion, quaternion)[..., [1, 2, 3, 0]]
    focal = torch.stack([cameras.intrinsics[..., 1, 1], cameras.intrinsics[..., 0, 0]], dim=-1)
    sides = focal.new_tensor([height, width])
    fov = 2 * torch.atan(sides / 2 / focal)
    return torch.cat([cameras.camera_from_world[..., :3, 3], quaternion, fov], dim=-1)


def unproject(
    depth: Float[Tensor, "b s h w"], cameras: Cameras, *, pixel_centre: float = 0.5
) -> Float[Tensor, "b s h w 3"]:
    """Lift z-depth to world points.

    Args:
        depth: in the model's unit.
        cameras: of the same views and image size.
        pixel_centre: where in a pixel its ray passes; vantage's convention is 0.5, the official code's 0.
    """
    height, width = depth.shape[-2:]
    rows, columns = (torch.arange(side, dtype=depth.dtype, device=depth.device) for side in (height, width))
    v, u = torch.meshgrid(rows + pixel_centre, columns + pixel_centre, indexing="ij")
    k = cameras.intrinsics[..., None, None, :, :]
    x = (u - k[..., 0, 2]) / k[..., 0, 0] * depth
    y = (v - k[..., 1, 2]) / k[..., 1, 1] * depth
    pose = cameras.world_from_camera[..., None, :, :]
    points = torch.stack([x, y, depth], dim=-1)
    return points @ pose[..., :3, :3].mT + pose[..., None, :3, 3]
