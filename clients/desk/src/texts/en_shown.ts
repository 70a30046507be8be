/* Who else says that it is the same thing, and what of a case anybody may see, in English. */

export const shown = {
  supporters: '{n} support the case',
  followers: 'Send the answer also to those who follow the case ({n})',
  followersHint: 'They are strangers. Write nothing personal: no name, no contact details, nothing about the complainant. Otherwise leave the box empty.',
  photo: 'Show to the public',
  photoHint: 'Anybody can see the picture, small, while the case is public. Look first: if it shows faces or number plates, mask them before you show it.',
  photoShown: 'Anybody can see the picture while the case is public.',
  photoStop: 'Stop showing',
  onMap: 'Is on the public map, without number, text and name.',
  hide: 'Take off the map',
  hidden: 'Taken off the public map. Those who follow the case are told nothing more.',
  show: 'Show on the map again',
  supported: 'The case is somebody else’s. The person supports it since {at} and has left the address {email} for letters.',
  confirmed: 'Said yes to letters {at}.',
  unconfirmed: 'Has not said yes to letters yet.',
};
